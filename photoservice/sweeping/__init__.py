"""What ends what nobody needs any more: rules as a table, periods as configuration, and the sweep that goes by them."""
