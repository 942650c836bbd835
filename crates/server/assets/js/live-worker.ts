self;export {}
