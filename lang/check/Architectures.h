// Which definitions read which checkpoints. In: the folder of the standard library. Out: for every
// `@checkpoint("NAME")` in its models/*.heed, the file and the model that carries it. Files that other people wrote are
// never searched.
#pragma once

#include <string>
#include <vector>

namespace heed {

struct Architecture {
  std::string name;  // "GPT2LMHeadModel": the first of config.json's `architectures`
  std::string file;  // the .heed file
  std::string model; // "GPT2"
};

/// In the order of files, then as they stand there.
std::vector<Architecture> architecturesIn(const std::string &stdlib);

} // namespace heed
