// Holds nothing: the target that owns this file builds the precompiled header.
