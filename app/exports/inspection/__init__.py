"""The register as members may inspect it."""
