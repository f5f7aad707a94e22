"""Running the cleaners over many documents."""
