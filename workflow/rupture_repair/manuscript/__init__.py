"""The paper: numbers, tables, and the engines that render it."""
