import pickle

from pytest_golive.manifest.mistake import Mistake, Mistakes


def test_a_mistake_is_a_line_an_editor_can_jump_to() -> None:
    """File and line come first; what is about no line is a sentence alone."""
    assert str(Mistake("golive.yaml", 12, "has to be text")) == "golive.yaml:12: has to be text"
    assert str(Mistake("golive.yaml", 0, "golive.yaml is not there")) == "golive.yaml is not there"


def test_mistakes_are_told_in_the_order_of_their_lines() -> None:
    """Within a line they stay as they were found, and another process reads the same."""
    found = Mistakes(Mistake("a.yaml", line, text) for line, text in ((7, "z"), (3, "b"), (7, "a")))

    assert str(found) == "a.yaml:3: b\na.yaml:7: z\na.yaml:7: a"
    assert str(pickle.loads(pickle.dumps(found))) == str(found)
