"""What leaves the house over HTTP? Webhooks, and news in the channels of a chat; mail has `kweek.smtp`."""
