// What an op answers when asked for a rule: yes, or "not yet" with a reason for people.
#pragma once

#include <string>

namespace heed {

struct Answer {
  bool given = true;
  std::string reason; // "not yet": "the gradient of `scan` is not derived yet"

  static Answer yes() { return {}; }
  static Answer notYet(std::string reason) { return {false, std::move(reason)}; }
};

} // namespace heed
