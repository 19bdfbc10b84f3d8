"""The world, told: channels that deliver alerts from the outbox."""
