"""Is your integration ready for production? Contract suites and a verdict, as a pytest plugin.

Importing this package imports nothing else: a project that does not use golive pays nothing for it.
"""

__version__ = "0.1.0"
