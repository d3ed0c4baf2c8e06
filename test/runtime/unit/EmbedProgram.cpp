// Writes the weights image of the stories model, as `heed build --weights` does for compiled models: EmbedProgram
// WEIGHTS IMAGE.
#include "StoriesModel.h"

#include "runtime/load/Weights.h"

#include <cstdio>

int main(int, char **argv) {
  using namespace heed::runtime;
  Result<Checkpoint> checkpoint = Checkpoint::open(argv[1]);
  Result<Weights> weights = checkpoint ? Weights::fromCheckpoint(*heed_stories(), *checkpoint) : checkpoint.error();
  Result<void> written = weights ? weights->write(argv[2]) : weights.error();
  if (!written)
    fmt::print(stderr, "error: {}\n", written.error().text);
  return written ? 0 : 1;
}
