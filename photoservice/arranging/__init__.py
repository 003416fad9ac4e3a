"""What people do with their pictures: favourites, notes, sub-groups."""
