/* Runs the stories model as a C program would: buffers in, buffers out. Prints the id that follows the start token. */
#include "stories.h"

#include <stdio.h>
#include <stdlib.h>

static void inOneThread(struct heed_call *call, heed_range range, const void *args, int64_t rows, int64_t panels, int64_t grain) {
  static _Alignas(64) char scratch[1 << 20];
  range(args, 0, rows, 0, panels, scratch);
}
static void tell(struct heed_call *call, int32_t fault, int64_t value) {
  call->failed = 1;
}
static void bits(uint64_t key, const uint32_t counter[4], uint32_t out[4]) {
}
static void *room(int64_t bytes) {
  return aligned_alloc(64, (bytes + 127) / 64 * 64);
}

int main(int argc, char **argv) {
  const heed_model *model = heed_stories();
  const heed_entry *forward = &model->entries[0];
  const heed_host host = {inOneThread, tell, bits};
  char *weights = room(model->weights_bytes);
  FILE *image = fopen(argv[1], "rb");
  if (fread(weights, 1, model->weights_bytes, image) != (size_t)model->weights_bytes)
    return 1;
  int64_t sizes[] = {1, 1};
  int32_t token = 1;
  void *inputs[] = {room(4)}, *outputs[] = {room(512 * 4)};
  *(int32_t *)inputs[0] = token;
  heed_call call = {&host, 0, sizes, inputs, outputs, weights, room(forward->arena_bytes(sizes)), 0, 0};
  if (forward->scratch_bytes(sizes) > 1 << 20 || forward->run(&call))
    return 1;
  const float *logits = outputs[0];
  int best = 0;
  for (int i = 1; i != 512; ++i)
    if (logits[i] > logits[best])
      best = i;
  printf("%d\n", best);
}
