"""The discussion of motions: comments, elected moderators, what they did in public, and appeals."""
