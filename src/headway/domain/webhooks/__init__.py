"""What can be done with webhooks, and who sends what they are to be told."""
