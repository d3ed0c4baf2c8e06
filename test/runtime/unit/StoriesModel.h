// The stories model written by hand against the contract, in plain loops: what a compiled one must do, and a whole
// model to test the runtime with.
#pragma once

#include "runtime/abi/heed.h"

extern "C" const heed_model *heed_stories(void);
