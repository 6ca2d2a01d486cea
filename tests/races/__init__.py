"""Two who do something at once, with gates that decide the order.

Covers state, sessions, revocation, maintenance, on databases that lock rows above all.
"""
