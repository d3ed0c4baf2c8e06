/* The one contract between compiled models and whatever runs them: plain C, no includes but <stdint.h>.
 *
 * A compiled model is an object with one exported function, `const heed_model *heed_NAME(void)`; a shared library and
 * an executable also export it as `heed_model_v1`. What it returns is static and read-only. A model allocates nothing:
 * parameters, arena, scratch and results are handed in with each call, so one model may run in several threads at once,
 * each with its own call.
 */
#ifndef HEED_ABI_H
#define HEED_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HEED_ABI_VERSION 2
/* Every buffer handed to a model begins at a multiple of this many bytes; parameters within the weights image too. */
#define HEED_ALIGNMENT 64

typedef enum heed_type {
  HEED_F64 = 1,
  HEED_F32,
  HEED_F16,
  HEED_BF16,
  HEED_I64,
  HEED_I32,
  HEED_U8,
  HEED_BOOL /* one byte, 0 or 1 */
} heed_type;

/* A size or a number of bytes as a function of an entry's sizes, in the order of heed_entry.sizes. */
typedef int64_t (*heed_formula)(const int64_t *sizes);

/* One axis of an input or result. Where `binds` >= 0 the axis gives that size its value, (extent - offset) / factor,
 * and nothing may remain; in every case extent == value(sizes) must hold once all sizes are bound. */
typedef struct heed_axis {
  const char *text; /* as in the source: "T - 1" */
  heed_formula value;
  int32_t binds; /* index of a size, or -1 */
  int64_t factor, offset;
} heed_axis;

typedef struct heed_tensor {
  const char *name; /* as in the source */
  int32_t type;     /* heed_type; storage is dense and row-major */
  int32_t rank;
  const heed_axis *axes;
  int32_t optional; /* input: 1 if it may be left out; then every element is `fill` */
  double fill;
} heed_tensor;

/* Where one stored tensor lies within a parameter. A parameter of a repeated layer is a stack: its first axis counts
 * layers. */
typedef struct heed_part {
  const char *stored;        /* name in the checkpoint */
  int32_t transposed;        /* 1: the file holds the last two axes exchanged */
  int64_t layer;             /* index along the stack, or -1 */
  int64_t begin, extent;     /* place along the last axis: several stored tensors may be joined there */
  const char *const *copies; /* further names that may hold the same values; ends with null */
} heed_part;

/* How a parameter is stored: digit = index[axis] / divisor % extent, elements row-major over all digits, the first one
 * outermost. Every element has a place of its own; places that no element has are padding and hold zeros. */
typedef struct heed_digit {
  int32_t axis;
  int64_t divisor, extent;
} heed_digit;

typedef struct heed_parameter {
  const char *path; /* "layers.*.attn.wq.weight": `*` stands for the index along the stack */
  int32_t type;
  int32_t rank; /* with the stack's axis, if any */
  const int64_t *shape;
  int32_t stacked; /* 1: the first axis is the stack */
  int64_t offset;  /* bytes, within the weights image */
  int32_t part_count;
  const heed_part
      *parts;          /* for the checkpoint format the model was compiled for; by default one a layer, named by path */
  int32_t digit_count; /* 0: row-major in the weights image */
  const heed_digit *digits; /* the whole parameter; the axis of a stack is the outermost digit */
} heed_parameter;

/* What can go wrong while an entry runs. In the message, `{}` stands for the offending value. */
typedef struct heed_fault {
  const char *message; /* "index {} is outside axis 0 of `tok_embeddings.weight`, whose size is 512" */
  const char *place;   /* "stories.heed:21:9" */
} heed_fault;

struct heed_call;

/* A piece of a kernel: rows [r0, r1) and panels [p0, p1). `scratch` belongs to the calling thread alone. */
typedef void (*heed_range)(const void *args, int64_t r0, int64_t r1, int64_t p0, int64_t p1, void *scratch);

/* What a model may ask of its host while it runs. */
typedef struct heed_host {
  /* Calls `range` until rows x panels are covered, on any number of threads, and returns when all are done. How it is
   * cut may depend on rows, panels and grain (the least number of rows a piece should have) only for speed: results do
   * not depend on it. */
  void (*parallel_for)(struct heed_call *call, heed_range range, const void *args, int64_t rows, int64_t panels,
                       int64_t grain);
  /* Records a fault of the entry; of several the least by (fault, value) is kept. May be called from any thread. */
  void (*fail)(struct heed_call *call, int32_t fault, int64_t value);
  /* Philox4x32-10 (Salmon et al., 2011): four words of bits for a key and a counter. */
  void (*random_bits)(uint64_t key, const uint32_t counter[4], uint32_t bits[4]);
} heed_host;

typedef struct heed_call {
  const heed_host *host;
  void *context;        /* the host's own */
  const int64_t *sizes; /* as in heed_entry.sizes */
  void *const *inputs;  /* as in heed_entry.inputs */
  void *const *outputs; /* as in heed_entry.outputs */
  const void *weights;  /* the weights image */
  void *arena;          /* heed_entry.arena_bytes(sizes) bytes */
  uint64_t seed;        /* of all draws */
  int32_t failed;       /* set by host->fail */
} heed_call;

typedef struct heed_entry {
  const char *name; /* "forward" */
  int32_t size_count;
  const char *const *sizes; /* "B", "T" */
  int32_t stream;           /* index of the size that is the time axis, or -1 */
  int32_t input_count;
  const heed_tensor *inputs;
  int32_t output_count;
  const heed_tensor *outputs;
  heed_formula arena_bytes;
  heed_formula scratch_bytes; /* per thread */
  int32_t fault_count;
  const heed_fault *faults;
  int32_t (*run)(heed_call *call); /* 0, or 1 after host->fail */
} heed_entry;

typedef struct heed_model {
  int32_t abi_version;
  const char *name;      /* "Stories" */
  const char *digest;    /* of all source text that it was made from, hexadecimal */
  const char *precision; /* "f32": the working precision */
  const char *cpu;       /* what it was compiled for: "x86-64-v3" */
  const char *features;  /* CPU features that must be present, by LLVM's names, joined by commas */
  int32_t parameter_count;
  const heed_parameter *parameters;
  int64_t weights_bytes; /* size of the weights image */
  int32_t ignored_count;
  const char *const *ignored; /* stored names that a checkpoint may hold unused; `*` matches any characters */
  int32_t entry_count;
  const heed_entry *entries;
  const heed_entry
      *initialise; /* gives every parameter, as outputs in their order, its initial value; null without parameters */
} heed_model;

#ifdef __cplusplus
}
#endif
#endif
