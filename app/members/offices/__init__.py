"""Offices: who directs, represents or audits the organization, as its register of officers says."""
