dashboard-title = Tableau de bord
