"""Evidence about a disputed payment: gathered from the records, bundled as a document, and given to be sent."""
