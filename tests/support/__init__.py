"""What tests of several packages share: real servers, real stores."""
