"""What the app calls: the methods of the Web API, and response_urls."""
