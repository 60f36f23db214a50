# European digits come with European signs between them: 1,234.5. A point would make a thousand look like one.
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
