// `main` of every executable that `heed build` makes.
#include "runtime/program/CommandLine.h"
#include "runtime/program/StandardOutput.h"

extern "C" const heed_model *heed_model_v1(void);

int main(int argc, char **argv) {
  using namespace heed::runtime;
  Result<Embedded> embedded = Embedded::ofThisProgram();
  if (!embedded) {
    tell(fmt::format("error: {}\n", embedded.error().text));
    return 1;
  }
  return runModel(*heed_model_v1(), argc, argv, std::make_shared<Embedded>(std::move(*embedded)));
}
