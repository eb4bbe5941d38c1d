"""What the image is made of: what it is licensed under, and what is known against it."""
