/// Every page there is to look at, by a short name. `:client` and `:alert` stand for ones the demonstration
/// company has; a page for strangers is opened without signing in. Accessibility and pictures read this list.
export interface Place {
  name: string;
  path: string;
  stranger?: boolean;
}

export const places: Place[] = [
  { name: "connexion", path: "/connexion", stranger: true },
  { name: "mot-de-passe", path: "/mot-de-passe", stranger: true },
  { name: "tableau-de-bord", path: "/" },
  { name: "clients", path: "/client/" },
  { name: "clients-filtres", path: "/client/?q=a&is_active=true&sort=-created_at" },
  { name: "clients-sans-resultat", path: "/client/?q=zzzzzzzz" },
  { name: "clients-corbeille", path: "/client/corbeille" },
  { name: "clients-doublons", path: "/client/doublons" },
  { name: "client-fusionner", path: "/client/:client/fusionner?q=a" },
  { name: "client-restauration", path: "/client/:client/historique/restauration?le=2099-01-01T10:00" },
  { name: "client-nouveau", path: "/client/nouveau" },
  { name: "client", path: "/client/:client/" },
  { name: "client-chronologie", path: "/client/:client/chronologie" },
  { name: "client-contacts", path: "/client/:client/contacts" },
  { name: "client-historique", path: "/client/:client/historique" },
  { name: "client-modifier", path: "/client/:client/modifier" },
  { name: "alerte-nouvelle", path: "/client/:client/alertes/nouvelle" },
  { name: "alertes", path: "/alertes" },
  { name: "calendrier", path: "/alertes/calendrier" },
  { name: "calendrier-semaine", path: "/alertes/calendrier?view=week&status=all" },
  { name: "calendrier-jour", path: "/alertes/calendrier?view=day" },
  { name: "calendrier-agenda", path: "/alertes/calendrier?view=agenda" },
  { name: "alerte", path: "/alertes/:alert" },
  { name: "contacts", path: "/contacts" },
  { name: "contacts-filtres", path: "/contacts?statut=echec&period=30d&utilisateur=me" },
  { name: "client-commandes", path: "/client/:client/commandes" },
  { name: "commandes", path: "/commandes" },
  { name: "commandes-filtres", path: "/commandes?link=review&status=confirmed" },
  { name: "commande", path: "/commandes/:order" },
  { name: "commande-client", path: "/commandes/:order/client?q=a" },
  { name: "commandes-a-verifier", path: "/commandes/a-verifier" },
  { name: "commandes-reglages", path: "/commandes/reglages" },
  { name: "commandes-import", path: "/commandes/importer" },
  { name: "import", path: "/client/importer" },
  { name: "export", path: "/client/exporter" },
  { name: "operations", path: "/operations" },
  { name: "administration", path: "/administration" },
  { name: "courriers", path: "/administration/courriers" },
  { name: "utilisateurs", path: "/administration/utilisateurs" },
  { name: "utilisateur-nouveau", path: "/administration/utilisateurs/nouveau" },
  { name: "centres", path: "/administration/centres" },
  { name: "compte", path: "/compte" },
  { name: "journal", path: "/journal" },
  { name: "introuvable", path: "/nulle-part" },
];
