"""The renderer: processes apart that lay out documents, within limits; a crash of one harms nothing."""
