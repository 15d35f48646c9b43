"""The program that draws one picture. Only here matplotlib is loaded, and only in a process that ends after it."""
