"""The words of paper, supplement, figures and report: templates in `reports/words`, and numbers."""
