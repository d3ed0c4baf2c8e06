// Every constraint of param, entry, return, derive, check, recall and next is named when it is broken.
// RUN: heed-opt %s -verify-diagnostics -split-input-file

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{C1: size T is no constant}}
  heed.param @w : tensor<?xf32, #heed.axes<T>>
}

// -----

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{C2: a stack needs an axis that counts layers}}
  heed.param @w stacked : tensor<f32, #heed.axes<>>
}

// -----

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{C3: "b" begins at 5 in layer -1, not at 4}}
  heed.param @w : tensor<8xf32, #heed.axes<8>> parts [#heed.part<"a", layer = -1, begin = 0, extent = 4>,
                                                      #heed.part<"b", layer = -1, begin = 5, extent = 3>]
}

// -----

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{C3: the parts of layer 1 end at 0, not at 8}}
  heed.param @w stacked : tensor<2x8xf32, #heed.axes<2, 8>> parts [#heed.part<"a", layer = 0, begin = 0, extent = 8>]
}

// -----

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{C1: argument 0 needs one of heed.input, heed.param and heed.state}}
  heed.entry @f(%x: tensor<8xf32, #heed.axes<8>>) attributes {sizes = []} {
    heed.return
  }
}

// -----

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{C2: size `B` in 'tensor<?xf32, #heed.axes<B>>' is none of the entry's}}
  heed.entry @f(%x: tensor<?xf32, #heed.axes<B>> {heed.input = "x"}) attributes {sizes = []} {
    heed.return
  }
}

// -----

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{C3: no input axis gives size `T`}}
  heed.entry @f(%x: tensor<?xf32, #heed.axes<B*T>> {heed.input = "x"}) attributes {sizes = ["T", "B"]} {
    heed.return
  }
}

// -----

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{C4: the stream "B" is none of the entry's sizes}}
  heed.entry @f(%x: tensor<?xf32, #heed.axes<2*T>> {heed.input = "x"}) attributes {sizes = ["T"], stream = "B"} {
    heed.return
  }
}

// -----

heed.model @M digest "" precision "f32" {
  heed.param @w : tensor<8xf32, #heed.axes<8>>
  // expected-error @+1 {{C5: argument 0 has type 'tensor<4xf32, #heed.axes<4>>', but parameter @w is 'tensor<8xf32, #heed.axes<8>>'}}
  heed.entry @f(%w: tensor<4xf32, #heed.axes<4>> {heed.param = @w}) attributes {sizes = []} {
    heed.return
  }
}

// -----

heed.model @M digest "" precision "f32" {
  heed.param @w : tensor<8xf32, #heed.axes<8>>
  // expected-error @+1 {{C6: 0 results, but 1 parameters}}
  heed.entry @init() attributes {sizes = [], initialise} {
    heed.return
  }
}

// -----

heed.model @M digest "" precision "f32" {
  heed.entry @f(%x: tensor<8xf32, #heed.axes<8>> {heed.input = "x"}) attributes {sizes = []} {
    // expected-error @+1 {{C1: 1 operands, but 0 results of the entry}}
    heed.return %x : tensor<8xf32, #heed.axes<8>>
  }
}

// -----

heed.model @M digest "" precision "f32" {
  // expected-error @+1 {{C1: there is no entry @loss}}
  heed.derive gradient of @loss
}

// -----

func.func @neither() {
  // expected-error @+1 {{C1: needs a size or a value, one of both}}
  heed.check , "never"
  return
}

// -----

func.func @vector(%x: tensor<8xi1, #heed.axes<8>>) {
  // expected-error @+1 {{C2: the value is 'tensor<8xi1, #heed.axes<8>>', not one i1}}
  heed.check %x : tensor<8xi1, #heed.axes<8>>, "never"
  return
}

// -----

func.func @recall(%x: tensor<8xf32, #heed.axes<8>>) {
  // expected-error @+1 {{C1: there is no state @keys}}
  %y = heed.recall all <8> of %x in @keys : tensor<8xf32, #heed.axes<8>> -> tensor<8xf32, #heed.axes<8>>
  return
}

// -----

heed.model @M digest "" precision "f32" {
  heed.state @keys : tensor<4xf32, #heed.axes<4>>
  heed.entry @f(%x: tensor<8xf32, #heed.axes<8>> {heed.input = "x"}) attributes {sizes = []} {
    // expected-error @+1 {{C1: state @keys is 'tensor<4xf32, #heed.axes<4>>', not 'tensor<8xf32, #heed.axes<8>>'}}
    heed.next @keys = %x : tensor<8xf32, #heed.axes<8>>
    heed.return
  }
}

// -----

// expected-error @+1 {{expected a size, found 'floor(T)'}}
func.func @size(%x: tensor<?xf32, #heed.axes<floor(T)>>)
