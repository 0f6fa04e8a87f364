"""The books for the accountant: journal, trial balance and general ledger of any period, in files of their programs."""
