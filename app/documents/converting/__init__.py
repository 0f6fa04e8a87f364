"""The papers of a conversion: plan and report, resolution, statement for the registrar, statements for the members."""
