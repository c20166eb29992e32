/**
 * Short, plain English words for ids that people read aloud; at least 1,024, each once. Ids already given
 * out keep their words when the list changes.
 */
export const WORDS: readonly string[] = `
  acorn acre actor adobe agate agile air alarm album alder algae alley almond aloe alpine amber amble amity ample
  anchor angle ankle anthem antler anvil apple apricot apron arch arena argon ark aroma array arrow artist ash
  aspen aster atlas atom attic auburn august aunt aurora autumn avenue avocado award axis azure badge badger bagel
  baker balcony ball ballad balm balsa bamboo banana band banjo bank banner barge bark barley barn barrel basalt
  basil basin basket bath bay bazaar beach beacon bead beam bean bear beard beaver bed bee beech beetle bell bench
  berry beryl bike birch bird biscuit bison blanket blaze bloom blue board boat bolt bonus book boot border bottle
  boulder bow bowl box brace branch brass brave bread breeze brick bridge bright brook broom broth brown brush
  bubble bucket buckle buffalo bugle bulb bundle bunny burrow bus bush butter button buzz cabin cable cactus cadet
  cake calendar calf calm camel camera camp canal canary candle canoe canopy canvas canyon cape caper captain
  caravan carbon card cargo carnival carol carpet carrot cart cascade cashew castle cat cave cedar celery cell
  cello cement center chain chair chalk channel chapel chapter charm chart cheese cherry chess chestnut chief
  chime chimney choir cicada cider cinema cinnamon circle circus citrus city clam clarinet clay clear clerk cliff
  climate clinic clip clock cloth cloud clover club coach coast coat cobalt cobble cocoa coconut code coffee coil
  coin comet comfort comic compass concert condor cone copper coral cord cork corn corner cosmos cotton couch
  count country course court cousin cove crab cradle craft crane crater crayon cream creek crescent crest cricket
  crimson crisp crocus crop crown crumb crystal cub cube cuckoo cup cupboard curl current curtain curve cushion
  custard cycle cymbal cypress daffodil dahlia dairy daisy dance dancer dawn day deck deer delta denim depot
  desert desk dew dial diamond diary dinner dipper disc distant diver dock dolphin dome donkey door dough dove
  dozen draft dragon drama drawer dream dress drift drum dry duck dune dusk dust eager eagle early earth easel
  east easy echo edge eel egret eight elbow elder elegant elk elm ember emerald emu engine envoy epic equal era
  essay even evening event evergreen expert express eye fable fabric face fair fairy falcon family famous fancy
  farm fast feast feather fern ferry fiber fiddle field fig figure film finch fine finger fir firefly first fish
  five fjord flag flame flask flax fleece fleet flint float flock floor flora flour flower flute fly foam focus
  fog folk fond forest fork form fossil fountain four fox frame free freight fresh friend frog frost fruit full
  fun funnel fur gable galaxy gallery game garden garlic garnet gate gazelle gear gecko gem general gentle ginger
  giraffe glacier glad glade glass gleam glide globe glory glove glow goal goat gold golden goose gorge gourd
  grace grain grand granite grape grass gravel gravity great green grid grove guava guest guide guitar gulf gull
  gust gym habit hall hammer hammock hamper hand handle happy harbor hare harp harvest hat haven hawk hay hazel
  head heart hearth heath hedge helium helmet hemlock herb heron hickory high hill hinge hive hobby hockey holiday
  holly home honest honey hood hoof hook hoop hope horizon horn horse hotel hour house huddle humble humor hunter
  husky hut hydrogen ibis icicle icon idea igloo impala inch index indigo ink inlet inn insect iris iron island
  ivory ivy jacket jade jaguar jam jar jasmine jasper jay jeans jelly jewel jigsaw jogger jolly journal journey
  joy judge juice july jumper june jungle juniper jury just kale karma kayak keen keeper kelp kennel kernel kettle
  key kind kindle king kiosk kitchen kite kitten kiwi knee knit knot koala label lace ladder lagoon lake lamb lamp
  land lane lantern lapis large lark laser latch laurel lava lavender lawn layer leaf league leather lecture ledge
  legend lemon lens lentil leopard lesson letter lettuce level lever library lichen light lilac lily lime limit
  linden line linen lion lively lizard llama lobster local locket lodge lofty logic loom loop lotus loud loyal
  lucky lumber lunar lunch lupin lynx lyric machine magic magnet magnolia mailbox major mallard mallet mammoth
  mango manor mantle map maple marble march margin marigold marina market marmot maroon marsh marten mask mast
  match meadow meal medal melody melon member memory mentor menu mercury mesa metal meteor meter method middle
  midnight mild mile milk mill mimosa mineral minnow mint minute mirror mist mitten mobile model modern modest
  molten moment monitor month moon moose morning mosaic moss motel moth mother motor mountain mouse movie muffin
  mulberry muscle museum mushroom music mustard mystery napkin narrow narwhal nation native nature navy neat
  nectar needle neon nephew nest nettle network neutral nickel night nimble nine noble north notch note novel
  november number nut nutmeg nylon oak oasis oat oboe ocean ochre october octopus odyssey office olive omega onion
  onyx opal open opera orange orbit orchard orchid order oregano organ origami origin oriole osprey ostrich otter
  oval oven owl oxygen oyster pacific paddle page pagoda paint palace palm panda panel pansy panther papaya paper
  paprika parade park parrot parsley party pasta pastel pasture patch path patio pattern peach peacock peak peanut
  pear pearl pebble pecan pedal pelican pen pencil peony pepper perch petal petunia phoenix photo piano piccolo
  picnic picture pier pigeon pillow pilot pine pink pioneer pistachio pixel pizza place plain planet plank plant
  plate plaza plum plume pocket poem poet polar pole polite pollen polo pond pony poplar poppy porch port portal
  postcard potato pottery powder prairie pretzel prime primrose prince print prism prize proof proper proud puddle
  puffin pulley puma pumpkin pupil puppet puppy pure purple purse puzzle pyramid quail quaint quarry quartz queen
  quest quick quiet quill quilt quince quiver quiz quota rabbit raccoon radar radio radish raft rail rain rainbow
  raisin rally ranch ranger rapid raspberry raven ray ready record red reed reef region regular relay relish
  remote reptile rescue resin restful rhino rhubarb rhythm ribbon rice riddle ridge right ring ripple river road
  robin robot rocket rodeo roof room root rope rose rosemary rotor round route royal ruby rug ruler rumble runner
  rural rust rustic rye saddle saffron sage sail sailor salad salmon salon salt sample sand sandal sapphire satin
  sauce saucer savanna scale scallop scarf scarlet scene school science scooter scout screen script scroll
  sculptor sea seal season seat second seed senior sequoia serene sesame seven shade shadow shape sharp shed sheep
  shelf shell shelter shield shine ship shirt shoe shore short shovel shrimp shuttle signal silent silk silver
  simple singer siren sister six skate sketch ski sky slate sleigh slipper slope slow small smart smile smooth
  snail snow soap soccer socket soda sofa soft soil solar solid solo sonata song sonic sorbet soup south space
  spark sparrow special sphere spice spider spinach spiral spirit splash spoon sport spring sprout spruce square
  squash squid squirrel stable stadium staff stage stair stamp star starling station statue steady steam steel
  stem step stone stool store stork storm story stove straw stream street string studio sturdy subway sugar summer
  summit sun sunny sunset super surf surprise swallow swamp swan sweater sweet swift swing sycamore symbol syrup
  system table tablet talent tall tandem tangerine tango tapestry target tartan taste taxi tea teacher teal team
  telescope temple ten tennis tent terrace test textile theater theory thicket thimble thistle thread three throne
  thrush thunder thyme ticket tide tidy tiger tile timber time tin tiny titan toast toffee tomato topaz torch
  tortoise totem toucan tower town toy track tractor trail train travel tray treasure tree trellis trend triangle
  tribe tricycle trio trophy tropic trout truck true trumpet trunk trust truth tuba tulip tuna tundra tunnel
  turbine turkey turnip turquoise turtle tutor tweed twig twilight twin two umbrella unicorn union unique unit
  upland upper urban urchin useful vacation valley vanilla vapor vase vault vector velvet venture verse vessel
  viaduct victory video village vine vintage viola violet violin vista vital vivid vocal voice volcano volume
  voyage waffle wagon walker wallet walnut walrus waltz warm wasp watch water wave wax wealth weasel weather
  weaver week welcome west whale wheat wheel whisker whistle white wicker wide willow wind window wing winter
  wisdom wise wisteria wizard wolf wonder wood wool word workshop world wren wrench writer yacht yard yarn yarrow
  year yellow yew yoga yogurt young zebra zenith zephyr zero zinc zinnia zircon zodiac zone zucchini
`
  .trim()
  .split(/\s+/);
