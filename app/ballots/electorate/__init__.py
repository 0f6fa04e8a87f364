"""The electorate: who may vote with which weight, frozen from the register at the record date."""
