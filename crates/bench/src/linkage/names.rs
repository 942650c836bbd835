//! Names that people bear in France, in the Maghreb, in Senegal and in Ivory Coast.

/// Given names of France and the Maghreb, the commonest first.
const GIVEN_NORTH: &str = "Marie Jean Pierre Nathalie Philippe Isabelle Nicolas Sylvie Julien \
    Camille Thomas Léa Antoine Chloé Alexandre Manon Maxime Sarah Lucas Emma Hugo Inès Karim \
    Yasmine Mohamed Nadia Mehdi Samira Rachid Leïla Sofiane Amina Youssef Salma Hamza Khadija \
    Jean-Baptiste Anne-Sophie Marie-Claire Jean-Pierre Jean-Luc Anne-Laure Pierre-Yves Hélène \
    Frédérique Stéphane Sébastien Éric Thérèse Zoé Noël Loïc Gaëlle Maël Élodie Mélanie Aurélie \
    Benoît Cédric Damien Étienne Florian Guillaume Henri Ingrid Jérôme Karine Laurent Mathilde \
    Olivier Pauline Quentin Romain Sandrine Théo Ulysse Valérie William Xavier Yann Zélie Alice \
    Bertrand Céline Denis Estelle Fabrice Gérard Hortense Ivan Jacqueline Kévin Lucie Marcel \
    Nora Océane Paul Régine Simon Tristan Valentin Willy Adèle Blanche Clément Delphine Edgar \
    Fanny Gaspard Irène Joëlle Léon Margaux Nina Odette Patrice Rose Solène Timothée Victor \
    Bilal Farid Hicham Imane Jamal Kenza Latifa Mounir Naïma Omar Rania Salim Tarik Wassim Zineb";

/// Given names of Senegal and Ivory Coast, the commonest first.
const GIVEN_SOUTH: &str = "Mamadou Fatou Moussa Awa Ibrahima Aminata Ousmane Aïssatou Abdoulaye \
    Mariama Cheikh Khady Modou Ndeye Alioune Astou Babacar Coumba Pape Rokhaya Serigne Sokhna \
    Amadou Fatoumata Samba Binta Demba Penda Lamine Oumou Malick Dieynaba Assane Maïmouna Omar \
    Nafissatou El-Hadji Adja Mame-Diarra Saliou Yacine Thierno Ramatoulaye Bamba Soda Idrissa \
    Kouassi Akissi Kouadio Adjoua Kouamé Affoué Koffi Amenan Yao Aya N'Guessan Ahou Konan Amoin \
    Brou Akoua Drissa Mariam Seydou Salimata Bakary Djénéba Siaka Korotoumou Adama Rokia Souleymane \
    Nahawa Aboubacar Kadiatou Zoumana Massandjé Lacina Téné Aristide Clarisse Didier Edwige Firmin \
    Ghislaine Hermann Josiane Léopold Mireille Narcisse Prisca Roland Viviane";

/// Family names of Senegal and Ivory Coast, the commonest first.
const FAMILY_SOUTH: &str = "Diop Ndiaye Fall Sow Diallo Ba Sarr Gueye Faye Mbaye Diouf Seck Sy \
    Cissé Thiam N'Diaye Ka Kane Niang Camara Sène Dieng Samb Touré Mbengue Sall Lo Wade Ndour \
    Badji Diatta Mané Sané Coly Sagna Bodian Diédhiou Goudiaby Tine Ngom Senghor Thior Bâ Diagne \
    Koné Traoré Ouattara Coulibaly Bamba Kouassi Kouadio Konan Yao Koffi N'Guessan Kouamé Kacou \
    Aka Assi Brou Ehouman Gnagne Gbagbo Zadi Tapé Bony Séry Dago Lago Fofana Dosso Sylla Cissoko \
    Diabaté Doumbia Keïta Sangaré Sidibé Konaté Dembélé Soro Silué Yéo Tuo Ouédraogo Sawadogo \
    Kaboré Ilboudo Compaoré Zongo Nacoulma Tiendrébéogo Ahoussou Amani Bédié Djè Gohou Tanoh";

/// Family names of France and the Maghreb, the commonest first.
const FAMILY_NORTH: &str = "Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau \
    Laurent Simon Michel Lefebvre Leroy Roux David Bertrand Morel Fournier Girard Bonnet Dupont \
    Lambert Fontaine Rousseau Vincent Muller Lefèvre Faure André Mercier Blanc Guérin Boyer \
    Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry \
    Roussel Mathieu Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour \
    Meunier Brun Blanchard Giraud Joly Rivière Lucas Brunet Gaillard Barbier Arnaud Martinez \
    Gérard Roche Renard Schmitt Roy Leroux Colin Vidal Caron Picard Roger Fabre Aubert Lemoine \
    Renaud Dumas Lacroix Olivier Philippe Bourgeois Pierre Benoît Rey Leclerc Payet Rolland \
    Leclercq Guillaume Lecomte Lopez Jean Dupuy Guillot Hubert Berger Carpentier Sanchez Dupuis \
    Moulin Louis Deschamps Huet Vasseur Perez Boucher Fleury Royer Klein Jacquet Adam Paris \
    Belkacem Benali Haddad Mansouri Bouazza Cherif Saïdi Amrani Bennani Alaoui Hamdi Brahimi \
    Ziani Tazi Lahlou Berrada Slimani Meziane Khelifi Boudjemaa";

/// What rarer French names are made of: half of all people bear a name that few others bear.
const STEMS: &str = "Bern Gir Mar Rob Per Col Jac Mich Nic Cla Bois Font Mont Vill Cham Beau Cour \
    Lang Four Grand Bel Cast Del Pel Rav Sab Tour Vau Mal Tix Gal Fav Cord Bar Lam Rig Ser Col \
    Dar Fer Gam Hen Jol Lab Nav Pour Quer Ric Sol Ter Ver Bouch Charb Dom Escof Guib Hér Lev";
const ENDINGS: &str = "ard ier ot aud eau in et on elle aux iau oux igny ac as ois ou ane ec \
    ain et ine il ert ouin ic eul ande our eron iot uet ault in iney elin ival";

/// Particles before family names.
const PARTICLES: &str = "de de-la Le du d' El Ben";

/// A list, split once.
pub(super) struct Lists {
    pub given: [Vec<&'static str>; 2],
    pub family: [Vec<&'static str>; 2],
    pub stems: Vec<&'static str>,
    pub endings: Vec<&'static str>,
    pub particles: Vec<&'static str>,
}

impl Lists {
    pub fn new() -> Self {
        let words = |text: &'static str| text.split_whitespace().collect();
        Self {
            given: [words(GIVEN_NORTH), words(GIVEN_SOUTH)],
            family: [words(FAMILY_NORTH), words(FAMILY_SOUTH)],
            stems: words(STEMS),
            endings: words(ENDINGS),
            particles: words(PARTICLES),
        }
    }
}
