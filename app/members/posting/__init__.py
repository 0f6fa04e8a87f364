"""Letters by post: what waits for a stamp because its reader has no e-mail address, printed and noted as posted."""
