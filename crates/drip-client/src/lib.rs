//! The user's side: resolve a DET over DNS, walk and verify its chain, register.
