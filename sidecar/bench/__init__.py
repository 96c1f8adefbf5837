"""The product's stopwatch: a conversation with known words flows through the product's own path, figures flow out."""
