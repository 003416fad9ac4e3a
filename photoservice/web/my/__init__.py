"""My pictures: the pages of whoever opened an access code or signed in."""
