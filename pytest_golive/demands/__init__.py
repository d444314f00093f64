"""What a check asks of a vendor by several calls: judged here, for every vendor alike."""
