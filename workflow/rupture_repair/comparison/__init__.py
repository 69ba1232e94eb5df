"""Several cohorts side by side: standardised moderation terms and their pooled estimates."""
