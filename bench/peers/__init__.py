"""What our figures are compared with: the least that server and framework can do, and what others would build."""
