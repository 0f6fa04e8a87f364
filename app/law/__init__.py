"""What each jurisdiction demands, with its source: profiles as data, and pure rules that decide."""
