/* The contract is plain C: this file only has to compile. */
#include "runtime/abi/heed.h"

_Static_assert(sizeof(heed_part) == 48, "a part is six words");

int heedHeaderIsC(void) {
  heed_model model = {.abi_version = HEED_ABI_VERSION};
  return model.abi_version;
}
