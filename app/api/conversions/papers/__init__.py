"""The papers of a conversion over the API: answers, checklist, what is filed, and the structure questionnaire."""
