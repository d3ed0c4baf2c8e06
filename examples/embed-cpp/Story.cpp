// Continues several stories at once: a compiled model within a program in C++.
//
// usage: story WEIGHTS COUNT FIRST…   (FIRST: the id that a story begins with)
#include "stories.h"

#include "heed_session.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

using Ids = std::vector<std::int32_t>;

// The id that follows each of the texts, all of the same length.
static Ids next(heed::Session &session, const std::vector<Ids> &texts) {
  Ids joined; // [B, T]
  for (const Ids &text : texts)
    joined.insert(joined.end(), text.begin(), text.end());
  auto batch = std::int64_t(texts.size()), length = std::int64_t(texts[0].size());
  heed::Results results = session.run("forward", {{"tokens", joined.data(), {batch, length}}});
  heed::View<float> logits = results.get<float>("logits"); // [B, T, vocabulary]
  std::int64_t vocabulary = logits.shape()[2];
  Ids best;
  for (std::int64_t b = 0; b != batch; ++b) {
    const float *last = logits.data() + ((b + 1) * length - 1) * vocabulary;
    best.push_back(std::int32_t(std::max_element(last, last + vocabulary) - last));
  }
  return best;
}

int main(int argc, char **argv) {
  if (argc < 4) {
    std::cerr << "usage: story WEIGHTS COUNT FIRST...\n";
    return 1;
  }
  try {
    heed::Session session(heed_stories(), argv[1]);
    std::vector<Ids> texts;
    for (int at = 3; at != argc; ++at)
      texts.push_back({std::atoi(argv[at])});
    for (int n = 0; n != std::atoi(argv[2]); ++n) {
      Ids ids = next(session, texts);
      for (std::size_t b = 0; b != texts.size(); ++b)
        texts[b].push_back(ids[b]);
    }
    for (const Ids &text : texts) {
      for (std::int32_t id : text)
        std::cout << id << ' ';
      std::cout << '\n';
    }
  } catch (const heed::Error &error) {
    std::cerr << "story: " << error.what() << '\n';
    return 1;
  }
}
