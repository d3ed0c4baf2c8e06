// Makes the hand-written stories model a program, as `heed build` does with compiled ones.
#include "StoriesModel.h"

extern "C" const heed_model *heed_model_v1(void) { return heed_stories(); }
