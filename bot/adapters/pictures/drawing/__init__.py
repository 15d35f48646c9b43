"""The program that draws one picture and ends. No other part of the bot loads matplotlib."""
