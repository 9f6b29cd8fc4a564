"""What the site is made with: the reference from the code, the tutorials from their scripts."""
