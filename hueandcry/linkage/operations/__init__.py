"""Operations: crimes that share means, and how they are found."""
