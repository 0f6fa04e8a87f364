"""Identity checks by the processor: a person shows a document on its page; we hear whether it is theirs."""
