"""Pure decisions: values, claims, the fold and the alert policy. No I/O, no clock, no configuration object."""
