"""The estimate page: what a patient will pay, while they are on the phone."""
