"""Documents of ballots and meetings: from the notice and the proxy form to certificates, minutes and resolutions."""
